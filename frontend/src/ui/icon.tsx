const shapes = {
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Zm4.800-1.700L20 20",
  ticket: "M5 5h14a2 2 0 0 1 2 2v2.500a2.500 2.500 0 0 0 0 5V17a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-2.500a2.500 2.500 0 0 0 0-5V7a2 2 0 0 1 2-2Zm9 .5v2.500m0 3v2m0 3v2.500",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.500 8.500c.8-3.700 3.900-5.500 7.500-5.500s6.700 1.800 7.500 5.500",
  calendar: "M5 6h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1Zm-1 4.500h16M8 3.500V8m8-4.500V8",
  place: "M12 21s7-6.200 7-11.500a7 7 0 0 0-14 0C5 14.800 12 21 12 21Zm0-9a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
  check: "m5 12.500 4.500 4.500L19 7",
  organise: "M4 20V10m5.300 10V4m5.400 16v-7M20 20V8",
} as const;

export type IconName = keyof typeof shapes;

/** A drawing beside a word; it says nothing by itself. */
export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}
