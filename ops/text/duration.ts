/** A duration, short: `42s`, `17m`, `2h50`, `3d`. */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) {
    return `${Math.round(seconds)}s`;
  }
  if (hours === 0) {
    return `${minutes}m`;
  }
  return hours < 48 ? `${hours}h${String(minutes % 60).padStart(2, "0")}` : `${Math.floor(hours / 24)}d`;
}
