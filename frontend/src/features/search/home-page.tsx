import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { eventsQuery, fewEventsQuery } from "../../api/resources/events";
import type { EventSummary } from "../../api/types";
import { brand } from "../../app/brand";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { Page } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { QueryView } from "../../ui/query-view";
import { EventCard, EventCardSkeleton } from "./event-card";
import { everything, isEverything, readSearch, type Search, toFilter, writeSearch } from "./filters";
import styles from "./home-page.module.css";
import { SearchForm } from "./search-form";

/** The same instant while the page is open: a page of results must not shift under the reader. */
function useOpenedAt(): Date {
  const [now] = useState(() => new Date(Math.floor(Date.now() / 60_000) * 60_000));
  return now;
}

export function Component() {
  const [params, setParams] = useSearchParams();
  const search = readSearch(params);
  const now = useOpenedAt();
  const all = isEverything(search);
  return (
    <Page title={brand} heading="Find your next event">
      <div className={styles.hero}>
        <SearchForm search={search} onSearch={(next) => setParams(writeSearch(next), { preventScrollReset: true })} />
      </div>
      {all && <Weekend now={now} />}
      <Results search={search} now={now} all={all} onWiden={(next) => setParams(writeSearch(next))} />
    </Page>
  );
}

function Weekend({ now }: { now: Date }) {
  const search: Search = { ...everything, when: "weekend" };
  const { data } = useQuery(fewEventsQuery({ ...toFilter(search, now), limit: 4 }));
  if (!data || data.items.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="weekend">
      <div className={styles.sectionHead}>
        <h2 id="weekend">This weekend</h2>
        {data.next_cursor && <Link to={`/?${writeSearch(search).toString()}`}>Everything this weekend</Link>}
      </div>
      <Grid events={data.items} />
    </section>
  );
}

interface ResultsProps {
  search: Search;
  now: Date;
  all: boolean;
  onWiden: (search: Search) => void;
}

function Results({ search, now, all, onWiden }: ResultsProps) {
  const query = useInfiniteQuery(eventsQuery(toFilter(search, now)));
  const events = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <section className={styles.section} aria-labelledby="results" aria-busy={query.isFetching}>
      <div className={styles.sectionHead}>
        <h2 id="results">{all ? "All events" : "Results"}</h2>
        <span className="visually-hidden" role="status">
          {query.isSuccess && !all && (events.length === 0 ? "No events found" : `${events.length}${query.hasNextPage ? " or more" : ""} events found`)}
        </span>
      </div>
      <QueryView query={query} loading={<GridSkeleton />}>
        {() => (events.length === 0 ? <Nothing search={search} all={all} onWiden={onWiden} /> : <Grid events={events} eager={2} />)}
      </QueryView>
      {events.length > 0 && (
        <div className={styles.foot}>
          {query.isFetchNextPageError && <ProblemNotice problem={query.error} />}
          {query.hasNextPage ? (
            <Button size="large" busy={query.isFetchingNextPage} busyText="Loading more" onClick={() => void query.fetchNextPage()}>
              Show more
            </Button>
          ) : (
            <p>That is all of them.</p>
          )}
        </div>
      )}
    </section>
  );
}

function Nothing({ search, all, onWiden }: Omit<ResultsProps, "now">) {
  if (all) return <EmptyState title="No events yet">As soon as an organiser publishes one, it shows here.</EmptyState>;
  const wider: { label: string; search: Search }[] = [
    ...(search.when === "any" ? [] : [{ label: "At any time", search: { ...search, when: "any" as const, from: "", to: "" } }]),
    ...(search.where ? [{ label: "Anywhere", search: { ...search, where: "" } }] : []),
    { label: "All events", search: everything },
  ];
  return (
    <EmptyState
      title="Nothing matches"
      action={
        <div className={styles.chips}>
          {wider.map(({ label, search: next }) => (
            <Button key={label} onClick={() => onWiden(next)}>
              {label}
            </Button>
          ))}
        </div>
      }
    >
      {search.what ? `No event fits “${search.what}” with these filters. Try fewer words or look wider.` : "No event fits these filters. Look wider:"}
    </EmptyState>
  );
}

function Grid({ events, eager = 0 }: { events: EventSummary[]; eager?: number }) {
  return (
    <ul className={styles.grid} role="list">
      {events.map((event, index) => (
        <li key={event.id}>
          <EventCard event={event} eager={index < eager} />
        </li>
      ))}
    </ul>
  );
}

function GridSkeleton() {
  return (
    <div className={styles.grid}>
      {[0, 1, 2, 3, 4, 5, 6, 7].map((key) => (
        <EventCardSkeleton key={key} />
      ))}
    </div>
  );
}
