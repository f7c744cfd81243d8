// Numbers and times as the reader's language writes them, put where the %s of a sentence stand.

const language = document.documentElement.lang;

export function amount(number) {
  return number.toLocaleString(language);
}

export function fill(pattern, ...parts) {
  return pattern.replace(/%s/g, () => {
    const part = parts.shift();
    return typeof part === "number" ? amount(part) : part;
  });
}

// A moment by the mission's clock: "18 Oct, 14:20"; over more than one year, "18 Oct 2020, 14:20".
export function clockOf(zone, hasYears = false) {
  const parts = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (hasYears) parts.year = "numeric";
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { ...parts, timeZone: zone });
  return (moment) => format.format(moment);
}
