// Japan's national holidays by rule, as the law stands since 2022.

const FIXED = new Set(['1/1', '2/11', '2/23', '4/29', '5/3', '5/4', '5/5', '8/11', '11/3', '11/23']);
/** Month → which Monday. */
const MONDAYS: Record<number, number> = { 1: 2, 7: 3, 9: 3, 10: 2 };
const DAY_MS = 86_400_000;

/** Whether a day (its UTC parts) is a holiday, substitutes and bridged days among them. */
export function isHoliday(day: Date): boolean {
  return isNamed(day) || isSubstitute(day) || isBridged(day);
}

function isNamed(day: Date): boolean {
  const month = day.getUTCMonth() + 1;
  const date = day.getUTCDate();
  if (FIXED.has(`${month}/${date}`)) return true;
  if (day.getUTCDay() === 1 && MONDAYS[month] === Math.ceil(date / 7)) return true;
  return (month === 3 && date === equinox(day, 20.8431)) || (month === 9 && date === equinox(day, 23.2488));
}

/** A Sunday's holiday moves to the next day that is none. */
function isSubstitute(day: Date): boolean {
  for (let at = before(day); isNamed(at); at = before(at)) if (at.getUTCDay() === 0) return true;
  return false;
}

/** A day between two holidays is one. */
function isBridged(day: Date): boolean {
  return day.getUTCDay() !== 0 && isNamed(before(day)) && isNamed(new Date(day.getTime() + DAY_MS));
}

function before(day: Date): Date {
  return new Date(day.getTime() - DAY_MS);
}

/** Good from 1980 to 2099. */
function equinox(day: Date, base: number): number {
  const years = day.getUTCFullYear() - 1980;
  return Math.floor(base + 0.242194 * years - Math.floor(years / 4));
}
