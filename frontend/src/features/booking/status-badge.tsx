import type { BookingStatus } from "../../api/types";
import { Badge } from "../../ui/badge";
import type { Tone } from "../../ui/notice";

const words: Record<BookingStatus, { text: string; tone: Tone }> = {
  held: { text: "Held", tone: "warn" },
  confirmed: { text: "Confirmed", tone: "good" },
  expired: { text: "Ran out", tone: "info" },
  released: { text: "Given back", tone: "info" },
  cancelled: { text: "Cancelled", tone: "bad" },
};

export function StatusBadge({ status }: { status: BookingStatus }) {
  const { text, tone } = words[status];
  return <Badge tone={tone}>{text}</Badge>;
}
