/** "1 ticket", "3 tickets". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${new Intl.NumberFormat().format(n)} ${n === 1 ? one : many}`;
}

/** "A-12", "A-12 and A-13", "A-12, A-13 and A-14". */
export function listOf(items: readonly string[]): string {
  return new Intl.ListFormat("en", { style: "long", type: "conjunction" }).format(items);
}
