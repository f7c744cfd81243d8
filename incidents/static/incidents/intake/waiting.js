// Says at the top of the page that something waits to be read, or that the mission is closed. Only that it does: no word of it is kept on this phone.
const box = document.querySelector("[data-waits]");

export function show({ asked = [], notices = false, mission }) {
  if (!box) return;
  const [question, notice, closed] = box.children;
  const other = asked.find((id) => !location.pathname.includes(id)); // this page shows its own
  question.hidden = !other;
  if (other) question.href = `/report/${other}/#questions`;
  notice.hidden = !notices || location.pathname === new URL(notice.href).pathname;
  closed.hidden = mission !== "closed";
  box.hidden = question.hidden && notice.hidden && closed.hidden;
}
