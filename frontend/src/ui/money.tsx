import type { Money as Amount } from "../api/types";
import { formatMoney } from "../lib/money";

/** An amount as the reader's locale writes it; "Free" for zero where `free` is set. */
export function Money({ value, free = false }: { value: Amount; free?: boolean }) {
  if (free && value.amount === 0) return <>Free</>;
  return <data value={String(value.amount)}>{formatMoney(value)}</data>;
}
