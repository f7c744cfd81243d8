// Photographs and films stay blurred until they are asked for: what they show may be hard to see, or meant for one pair
// of eyes. The large picture is fetched only then.

function toggle(button) {
  const shown = button.getAttribute("aria-pressed") !== "true";
  const figure = button.closest("figure");
  const picture = button.querySelector("img");
  const film = figure.querySelector("video");
  button.setAttribute("aria-pressed", String(shown));
  button.querySelector("span").textContent = shown ? button.dataset.hide : button.dataset.reveal;
  figure.classList.toggle("is-shown", shown);
  if (shown && picture.dataset.full) picture.src = picture.dataset.full;
  if (!film) return;
  film.hidden = !shown;
  if (shown) film.poster = picture.src;
  else film.pause();
}

for (const button of document.querySelectorAll("button[data-reveal]")) {
  button.addEventListener("click", () => toggle(button));
}
