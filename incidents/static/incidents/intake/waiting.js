// Says at the top of the page that something waits to be read. Only that it does: no word of it is kept on this phone.
const box = document.querySelector("[data-waits]");

export function show({ asked = [], notices = false }) {
  if (!box) return;
  const [question, notice] = box.children;
  const other = asked.find((id) => !location.pathname.includes(id)); // this page shows its own
  question.hidden = !other;
  if (other) question.href = `/report/${other}/#questions`;
  notice.hidden = !notices || location.pathname === new URL(notice.href).pathname;
  box.hidden = question.hidden && notice.hidden;
}
