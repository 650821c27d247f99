// A voice note: pressed once it records, pressed again it is sent.
import { newId } from "./ids.js";
import { scrollToEnd } from "./stream.js";

const button = document.getElementById("microphone");
const status = document.getElementById("recording");
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

export function openMicrophone({ form, say, sent }) {
  const longest = Number(form.dataset.soundLimit); // seconds
  let recorder = null;
  let clock = null;

  async function start() {
    if (!navigator.mediaDevices || !window.MediaRecorder) {
      return say("This browser does not let pages record. You can type your prompt instead.");
    }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (problem) {
      return say(problem.name === "NotFoundError"
        ? "I found no microphone here. You can type your prompt instead."
        : "I may not use the microphone. Allow it for this page in the browser, or type your prompt.");
    }
    say("");
    const kind = KINDS.find((each) => MediaRecorder.isTypeSupported(each));
    const chunks = [];
    recorder = new MediaRecorder(stream, kind ? { mimeType: kind } : {});
    recorder.addEventListener("dataavailable", (event) => chunks.push(event.data));
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      const type = recorder.mimeType || "audio/webm";
      ended();
      post(new Blob(chunks, { type }), type);
    });
    recorder.start();
    const began = performance.now();
    const tell = () => {
      const seconds = Math.floor((performance.now() - began) / 1000);
      status.textContent = `Recording ${seconds} s · press again to send`;
      if (seconds >= longest) recorder?.stop();
    };
    tell();
    clock = setInterval(tell, 1000);
    button.setAttribute("aria-pressed", "true");
  }

  function ended() {
    clearInterval(clock);
    status.textContent = "";
    button.setAttribute("aria-pressed", "false");
    recorder = null;
  }

  async function post(sound, type) {
    const suffix = type.includes("mp4") ? "m4a" : type.includes("ogg") ? "ogg" : "webm";
    const body = new FormData(form); // the words, options and pictures beside it
    body.set("event", newId());
    body.append("note", sound, `voice-note.${suffix}`);
    try {
      const answer = await fetch("/voice", {
        method: "POST",
        body,
        headers: { "HX-Request": "true", "X-CSRF": form.elements.csrf.value },
      });
      if (!answer.ok) return say(await answer.text());
      const refused = await answer.text();
      if (refused) htmx.swap("#messages", refused, { swapStyle: "beforeend" });
      sent(answer.status === 202);
    } catch {
      say("Limner cannot be reached just now, so the note was not sent.");
    }
    scrollToEnd();
  }

  button.addEventListener("click", () => (recorder ? recorder.stop() : start()));
}
