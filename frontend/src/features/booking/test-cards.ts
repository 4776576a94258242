/** What the sandbox provider can be paid with. No real money moves, so no card details are asked for. */
export interface TestCard {
  /** The provider's name for it. */
  method: string;
  label: string;
  /** What happens when it is used. */
  outcome: string;
}

export const testCards: readonly TestCard[] = [
  { method: "pm_card_visa", label: "Visa •••• 4242", outcome: "The payment goes through" },
  { method: "pm_card_authenticationRequired", label: "Visa •••• 3155", outcome: "The bank asks for confirmation first" },
  { method: "pm_card_chargeDeclined", label: "Visa •••• 0002", outcome: "The bank declines it" },
  { method: "pm_card_chargeDeclinedInsufficientFunds", label: "Visa •••• 9995", outcome: "Not enough money on the card" },
];
