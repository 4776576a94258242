import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemNotice } from "./problem-notice";
import { Skeleton } from "./skeleton";
import { Notice } from "./notice";

interface QueryViewProps<T> {
  query: UseQueryResult<T>;
  /** What stands there while nothing is known. */
  loading?: ReactNode;
  children: (data: T) => ReactNode;
}

/** Data, or the shape of it, or why it is missing and how to go on. Data that is known stays when a refresh fails. */
export function QueryView<T>({ query, loading, children }: QueryViewProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <ProblemNotice problem={query.error} onRetry={() => void query.refetch()} retrying={query.isFetching} />;
  if (query.fetchStatus === "paused") {
    return (
      <Notice tone="warn" title="You are offline">
        This was not opened before on this device. It loads by itself when the connection is back.
      </Notice>
    );
  }
  return <>{loading ?? <Skeleton height="8rem" />}</>;
}
