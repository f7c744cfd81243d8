// The form of a window that keeps nothing: it posts without leaving the page, and what helps to fill it in comes after.
import "./sending.js";

for (const load of [() => import("./faults.js"), () => import("./more.js")]) await load().catch(() => {});
