import type { Event, WaitingEntry } from "../../api/types";
import { useNow } from "../../lib/countdown";
import { Confirm } from "../../ui/confirm";
import { Notice } from "../../ui/notice";
import { ProblemNotice } from "../../ui/problem-notice";
import { placeText, skipsText } from "./entries";
import { useLeave } from "./use-waiting-list";

/** Somebody who waits: where in line, and the way off it. */
export function InLine({ event, entry }: { event: Event; entry: WaitingEntry }) {
  const leave = useLeave(event.id);
  const now = useNow(15_000);
  const type = event.ticket_types.find(({ id }) => id === entry.ticket_type_id);
  const over = Boolean(type?.sales_end && now >= Date.parse(type.sales_end));
  const skips = skipsText(entry);
  return (
    <>
      <Notice
        title={placeText(entry.position)}
        actions={
          <Confirm
            label="Leave the list"
            question="Leave the waiting list? Your place is then gone: if you join again, you start at the end of the line."
            yes="Leave the list"
            no="Stay on it"
            busy={leave.isPending}
            onConfirm={() => leave.mutate(entry.ticket_type_id)}
          />
        }
      >
        <p>
          For{" "}
          <b>
            {entry.quantity} × {type?.name ?? "ticket"}
          </b>
          .{" "}
          {over
            ? "The sale has ended, so no more places are offered."
            : "You need not stay here: a mail tells you when it is your turn, and until when to buy."}
        </p>
        {skips && <p>{skips}</p>}
      </Notice>
      {leave.isError && <ProblemNotice problem={leave.error} reassurance="You are still on the list." onRetry={() => leave.mutate(entry.ticket_type_id)} retrying={leave.isPending} />}
    </>
  );
}
