// What a point says when it is opened. Built of nodes: no words ever pass as HTML.

export function card(point, words) {
  const box = node("div", "card");
  const grade = node("p", `severity ${point.severity || "ungraded"}`, words[point.severity] || "");
  box.append(grade, node("p", "card-what", point.category), node("p", "card-when", point.time));
  if (point.danger) box.append(node("p", "danger", words.danger));
  if (point.precision === "area") box.append(node("p", "card-when", words.area));
  else if (point.accuracy) box.append(node("p", "card-when", `±${point.accuracy} m`));
  const link = node("a", "", words.open);
  link.href = `${encodeURIComponent(point.id)}/change/`;
  box.append(link);
  return box;
}

function node(tag, className, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
