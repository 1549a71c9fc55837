const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** Bytes with three significant digits and a binary unit: `0 B`, `1.50 KiB`, `0.98 MiB`, `12.3 GiB`. */
export function bytes(count: number): string {
  let [value, unit] = [Math.max(0, count), 0];
  // The next unit from 1,000 on, not 1,024: `1,023 KiB` would have four digits.
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : threeDigits(value)} ${byteUnits[unit]}`;
}

/** A rate in bytes per second: `1.50 MiB/s`. */
export function rate(bytesPerSecond: number): string {
  return `${bytes(bytesPerSecond)}/s`;
}

/** Bytes per second that a project's rsyncs moved; undefined when they moved nothing, or too briefly to tell. */
export function transferRate(bytesTransferred: number, seconds: number): number | undefined {
  return bytesTransferred > 0 && seconds >= 0.001 ? bytesTransferred / seconds : undefined;
}

/** Seconds for a person: `0.04 s`, `3.2 s`, `42 s`, `4 min 05 s`, `1 h 02 min`, `2 d 03 h`. */
export function duration(seconds: number): string {
  const value = Math.max(0, seconds);
  if (value === 0) return "0 s";
  if (value < 0.095) return `${Math.max(0.01, value).toFixed(2)} s`;
  if (value < 9.95) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${twoDigits(hours % 24)} h`;
}

/** Milliseconds: `0.3 ms`, `42 ms`. */
export function milliseconds(value: number): string {
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** A whole number with its thousands grouped by commas: `1,234,567`. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A count with its noun: `1 file`, `2,000 files`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** The first of some names, of which there may be more than are known: `alpha, beta and 3 more`. */
export function someOf(names: readonly string[], most: number, total: number = names.length): string {
  const shown = names.slice(0, most);
  const left = total - shown.length;
  return left > 0 ? `${shown.join(", ")} and ${count(left)} more` : shown.join(", ");
}

/** A share of 100 without digits that mean nothing: `0 %`, `0.4 %`, `38 %`. */
export function percent(value: number): string {
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} %`;
}

function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
