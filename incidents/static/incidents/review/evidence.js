// Photographs stay blurred until they are asked for: what they show may be hard to see, or meant for one pair of eyes.

for (const button of document.querySelectorAll("button[data-reveal]")) {
  button.addEventListener("click", () => {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    button.closest("figure").classList.toggle("is-shown", shown);
    button.querySelector("span").textContent = shown ? button.dataset.hide : button.dataset.reveal;
  });
}
