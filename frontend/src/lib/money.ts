import type { Money } from "../api/types";

const digits = new Map<string, number>();

/** How many digits the currency's minor unit has: 2 for EUR, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: string): number {
  let known = digits.get(currency);
  if (known === undefined) {
    try {
      known = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
    } catch {
      known = 2;
    }
    digits.set(currency, known);
  }
  return known;
}

/** Minor units as a number of the major unit, for Intl and for number fields. */
export function toMajor({ amount, currency }: Money): number {
  return amount / 10 ** minorDigits(currency);
}

/** What a person typed in the major unit, as minor units; undefined when it is no amount of this currency. */
export function fromMajor(text: string, currency: string): Money | undefined {
  const match = /^(-?\d+)(?:[.,](\d+))?$/.exec(text.trim());
  if (!match?.[1]) return undefined;
  const places = minorDigits(currency);
  const fraction = match[2] ?? "";
  if (fraction.length > places) return undefined;
  const amount = Number(match[1] + fraction.padEnd(places, "0"));
  return Number.isSafeInteger(amount) ? { amount, currency } : undefined;
}

/** "45 €" or "45,50 €" as the reader's locale writes it: no ".00" on whole amounts. */
export function formatMoney(money: Money, locale?: string): string {
  const whole = money.amount % 10 ** minorDigits(money.currency) === 0;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: money.currency,
    ...(whole ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {}),
  }).format(toMajor(money));
}

export function times({ amount, currency }: Money, quantity: number): Money {
  return { amount: amount * quantity, currency };
}

/** The sum; undefined for an empty list or mixed currencies. */
export function sum(amounts: readonly Money[]): Money | undefined {
  const [first, ...rest] = amounts;
  if (!first || rest.some(({ currency }) => currency !== first.currency)) return undefined;
  return { amount: rest.reduce((total, { amount }) => total + amount, first.amount), currency: first.currency };
}
