// A button beside each line that is meant to be copied. Without this file the lines are chosen and copied by hand.

const { copy, copied } = document.body.dataset;

function chosen(code) {
  const range = document.createRange();
  range.selectNodeContents(code);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

for (const figure of document.querySelectorAll("figure")) {
  const code = figure.querySelector("code");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = copy;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = copied;
      setTimeout(() => (button.textContent = copy), 2000);
    } catch {
      chosen(code); // over plain HTTP browsers let nobody write to the clipboard
    }
  });
  const said = figure.querySelector("figcaption");
  said.append(button);
  button.setAttribute("aria-live", "polite");
}
