// The signed link. Its token comes behind the `#`, which no server is sent; it is taken out of the address at once, so
// that it is not in the history either, and kept by this tab alone.
const KEPT = "limner-area";

export class Refused extends Error {}

export function openLink() {
  const token = take();
  addEventListener("hashchange", () => location.reload()); // another link, opened in this tab

  async function ask(what, more = {}) {
    let answer;
    try {
      answer = await fetch(`area/${what}`, { ...more, headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
    } catch {
      throw new Error("Limner cannot be reached just now. What you painted is still here; please try again.");
    }
    if (!answer.ok) throw new Refused(await answer.text());
    return answer;
  }

  return {
    opened: async () => (await ask("open", { method: "POST" })).json(),
    picture: async () => (await ask("picture")).blob(),
    result: async () => (await ask("result")).blob(),
    state: async () => (await ask("state")).json(),
    submit: (said) => ask("submit", { method: "POST", body: said }),
  };
}

function take() {
  const given = location.hash.slice(1);
  try {
    if (!given) return sessionStorage.getItem(KEPT) || "";
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, "", location.pathname);
  } catch {
    // This browser keeps nothing for us: the token stays in the address, for a reload.
  }
  return given;
}
