// Half-written notes belong to whoever is signed in: with them they go.

document.getElementById("logout-form")?.addEventListener("submit", () => {
  try {
    const keys = Array.from({ length: sessionStorage.length }, (_, number) => sessionStorage.key(number));
    for (const key of keys) if (key.startsWith("note:")) sessionStorage.removeItem(key);
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
});
