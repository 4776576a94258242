import type { ReactNode } from "react";
import { describeProblem } from "../app/errors";
import { Button } from "./button";
import { Notice } from "./notice";

interface ProblemNoticeProps {
  problem: unknown;
  /** Tries again; left out where that can't help. */
  onRetry?: () => void;
  retrying?: boolean;
  /** More to do about it. */
  actions?: ReactNode;
  /** What did not happen, such as "Nothing was charged." */
  reassurance?: string;
}

/** A failed request: what happened, and the next step. */
export function ProblemNotice({ problem, onRetry, retrying = false, actions, reassurance }: ProblemNoticeProps) {
  const { title, body, reference, canRetry } = describeProblem(problem);
  const retry = canRetry && onRetry && (
    <Button busy={retrying} onClick={onRetry}>
      Try again
    </Button>
  );
  return (
    <Notice tone="bad" title={title} announce actions={retry || actions ? <>{retry}{actions}</> : undefined}>
      {body} {reassurance}
      {reference && <> If it stays this way, tell us this reference: {reference}</>}
    </Notice>
  );
}
