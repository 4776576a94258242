import { isOffline } from "../../api/problem";
import { Confirm } from "../../ui/confirm";
import { ProblemNotice } from "../../ui/problem-notice";
import type { QueueState } from "./use-queue";

/** Gives up the place, or the turn, after asking. */
export function Leave({ queue }: { queue: QueueState }) {
  // Without an answer nobody knows whether the place is still there.
  const kept = isOffline(queue.leaveProblem) ? undefined : "Your place is kept.";
  return (
    <>
      <Confirm
        label="Leave the line"
        question="Leave the line? Your place goes to the next one; joining again starts at the end."
        yes="Leave the line"
        no="Stay in line"
        busy={queue.leaving}
        onConfirm={queue.leave}
      />
      {queue.leaveProblem && <ProblemNotice problem={queue.leaveProblem} reassurance={kept} onRetry={queue.leave} retrying={queue.leaving} />}
    </>
  );
}
