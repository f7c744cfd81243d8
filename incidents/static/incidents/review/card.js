// What a point says when it is opened. Built of nodes: no words ever pass as HTML.

export function card(group, words, title, list) {
  return group.points.length > 1 ? several(group.points, words, title, list) : single(group.points[0], words);
}

function single(point, words) {
  const box = node("div", "card");
  box.append(grade(point, words), node("p", "card-what", point.category), node("p", "card-when", point.time));
  if (point.danger) box.append(node("p", "danger", words.danger));
  if (point.precision === "area") box.append(node("p", "card-when", words.area));
  else if (point.accuracy) box.append(node("p", "card-when", `±${point.accuracy} m`));
  box.append(way(point, words.open));
  return box;
}

function several(points, words, title, list) {
  const box = node("div", "card");
  const lines = node("ul", "card-list");
  for (const point of points) {
    const line = node("li");
    line.append(way(point, point.category), grade(point, words));
    if (point.danger) line.append(node("p", "danger", words.danger));
    line.append(node("p", "card-when", point.time));
    lines.append(line);
  }
  const all = node("button", "", words.list);
  all.type = "button";
  all.addEventListener("click", list);
  box.append(node("p", "card-what", title), lines, all);
  return box;
}

function grade(point, words) {
  return node("p", `severity ${point.severity || "ungraded"}`, words[point.severity] || words.ungraded);
}

function way(point, text) {
  const link = node("a", "", text);
  link.href = `${encodeURIComponent(point.id)}/change/`;
  return link;
}

function node(tag, className, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
