// The box grows with the words where the browser doesn't do it by itself.
const words = document.getElementById("words");

function grow() {
  words.style.blockSize = "auto";
  words.style.blockSize = `${words.scrollHeight + 2}px`;
}

if (!CSS.supports("field-sizing", "content")) {
  words.addEventListener("input", grow);
  grow();
}
