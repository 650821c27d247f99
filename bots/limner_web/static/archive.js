// The signed link's token comes behind the `#`, which no server is sent; it is taken out of the address at once.
const token = location.hash.slice(1);
if (token) {
  document.getElementById("token").value = token;
  document.getElementById("download").disabled = false;
  history.replaceState(null, "", location.pathname);
}
addEventListener("hashchange", () => location.reload());
