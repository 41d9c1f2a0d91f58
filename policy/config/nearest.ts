/** Edit distance between two words: how many letters to add, drop, change, or swap with their neighbour. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : change;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Whether two words begin alike, but for the last letter of the shorter: "replicas" and "replicaCount" do. */
function beginAlike(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  const stem = a.slice(0, Math.max(shorter - 1, Math.min(shorter, 4)));
  return shorter > 0 && b.startsWith(stem);
}

/** The known word a mistyped one most likely meant: few edits away, or one that begins like it; else nothing. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const scored = known
    .map((candidate) => {
      const other = candidate.toLowerCase();
      const edits = distance(lower, other);
      return { candidate, edits, score: beginAlike(lower, other) ? Math.min(1, edits) : edits };
    })
    .filter(({ candidate, score }) => score <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.score - b.score || a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1));
  return scored[0]?.candidate;
}
