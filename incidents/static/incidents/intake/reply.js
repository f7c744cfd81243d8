// Answers a question. What is typed stays on the page, and nowhere else, until the server has it; sent again, it is the
// same answer, by the number the page was made with.
const PATIENCE_MS = 90_000;
const MOST_MS = 300_000;

function attend(form) {
  const said = form.querySelector("[data-reply-said]");
  let tries = 0;
  let timer = null;
  let waiting = false; // for a connection
  let underWay = false;

  async function post() {
    const limit = new AbortController();
    const late = setTimeout(() => limit.abort(), PATIENCE_MS);
    const options = { method: "POST", body: new FormData(form), cache: "no-store", signal: limit.signal };
    const answer = await fetch(form.action, options).catch(() => null);
    clearTimeout(late);
    return answer;
  }

  async function send() {
    if (underWay) return;
    rest();
    underWay = true;
    said.textContent = form.dataset.sending;
    const answer = await post();
    underWay = false;
    if (answer?.ok) return arrived(answer);
    if (answer && answer.status < 500 && answer.status !== 429) return form.submit(); // the page says what is wrong
    said.textContent = form.dataset.unsent;
    waiting = true;
    tries += 1;
    timer = setTimeout(send, Math.min(MOST_MS, 1_000 * 2 ** tries));
  }

  function arrived(answer) {
    form.reset();
    if (answer.redirected) return location.replace(answer.url); // Back must not show what was typed
    said.textContent = form.dataset.arrived; // a phone that may see nothing any more
  }

  function rest() {
    clearTimeout(timer);
    waiting = false;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  // What is being changed does not go by itself.
  form.addEventListener("input", () => {
    rest();
    if (!underWay) said.textContent = "";
  });
  addEventListener("online", () => waiting && send());
  addEventListener("leaving", rest);
}

for (const form of document.querySelectorAll("[data-reply]")) attend(form);
