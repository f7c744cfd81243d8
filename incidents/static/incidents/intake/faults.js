// Faults are read out first, and a fault inside a closed part of the page opens it.
document.querySelector("[data-summary]")?.focus();

function open(id) {
  const field = document.getElementById(id);
  for (let part = field?.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  field?.focus();
}

for (const link of document.querySelectorAll("[data-summary] a")) {
  link.addEventListener("click", () => open(link.hash.slice(1)));
}
