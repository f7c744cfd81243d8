// Photographs and films stay blurred until they are asked for: what they show may be hard to see, or meant for one pair
// of eyes. The large picture is fetched only then. Each opening counts for whoever opened it, so that the page can ask
// whether it is time for a break.

const buttons = [...document.querySelectorAll("button[data-reveal]")];
const players = [...document.querySelectorAll(".evidence :is(video, audio)")];
const gentle = document.getElementById("gentle");
const hideAll = document.getElementById("hide-all");

async function count(address) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  try {
    const answer = await fetch(address, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": token } });
    const { said } = await answer.json();
    if (gentle.textContent !== said) gentle.textContent = said;
    gentle.hidden = !said;
  } catch {
    // nothing is kept from anybody because it could not be counted
  }
}

function toggle(button) {
  const shown = button.getAttribute("aria-pressed") !== "true";
  const figure = button.closest("figure");
  const picture = button.querySelector("img");
  const film = figure.querySelector("video");
  button.setAttribute("aria-pressed", String(shown));
  button.querySelector("span").textContent = shown ? button.dataset.hide : button.dataset.reveal;
  figure.classList.toggle("is-shown", shown);
  if (shown) count(button.dataset.counted);
  if (shown && picture.dataset.full) picture.src = picture.dataset.full;
  if (!film) return;
  film.hidden = !shown;
  if (shown) film.poster = picture.src;
  else film.pause();
}

for (const button of buttons) button.addEventListener("click", () => toggle(button));
for (const player of players) {
  if (player.dataset.counted) player.addEventListener("play", () => count(player.dataset.counted), { once: true });
}
hideAll.hidden = buttons.length === 0;
hideAll.addEventListener("click", () => {
  for (const button of buttons) if (button.getAttribute("aria-pressed") === "true") toggle(button);
  for (const player of players) player.pause();
});
