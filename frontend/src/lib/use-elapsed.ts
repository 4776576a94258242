import { useEffect, useState } from "react";

/** True once `active` lasted longer than `ms`: for a second word on a wait that is longer than usual. */
export function useLongerThan(ms: number, active: boolean): boolean {
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!active) return undefined;
    const timer = setTimeout(() => setLong(true), ms);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [ms, active]);
  return long && active;
}
