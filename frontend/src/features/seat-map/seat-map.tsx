import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from "react";
import type { EventSeating, TicketType } from "../../api/types";
import { count } from "../../lib/words";
import { Notice } from "../../ui/notice";
import { QueryView } from "../../ui/query-view";
import { Skeleton } from "../../ui/skeleton";
import { Grid } from "./grid";
import { type Seat, layoutOf } from "./layout";
import { Legend } from "./legend";
import { markOf } from "./marks";
import { LostSeats } from "./lost-seats";
import { SeatList } from "./seat-list";
import styles from "./seat-map.module.css";
import { type SeatState, placeName, spokenName } from "./seat-name";
import type { SeatMapProps } from "./types";
import { useCanvas } from "./use-canvas";
import { useSeating, useStatuses } from "./use-seats";
import { type Direction, step } from "./walk";

const directions: Record<string, Direction> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

/** The seats of an event, to be chosen by finger, mouse, or keyboard. */
export function SeatMap(props: SeatMapProps) {
  const seating = useSeating(props.eventId);
  return (
    <QueryView query={seating} loading={<Skeleton height="24rem" />}>
      {(plan) => <Plan {...props} seating={plan} />}
    </QueryView>
  );
}

function Plan({ eventId, ticketTypes, seating, selected, onChange, max, lost = [], locked = [], disabled = false }: SeatMapProps & { seating: EventSeating }) {
  const statuses = useStatuses(eventId);
  const layout = useMemo(() => layoutOf(seating), [seating]);
  const grid = useMemo(() => new Grid(layout), [layout]);
  const types = useMemo(() => new Map(ticketTypes.map((type) => [type.id, type])), [ticketTypes]);
  const marks = useMemo(() => new Map(ticketTypes.map((type, index) => [type.id, markOf(index)])), [ticketTypes]);
  const chosen = useMemo(() => new Set(selected), [selected]);
  const [cursor, setCursor] = useState<Seat>();
  const [said, setSaid] = useState("");
  const frame = useRef<HTMLDivElement>(null);

  const known = statuses.data;
  const closed = locked.join();
  const isClosed = useCallback((seat: Seat) => seat.typeId !== undefined && closed.split(",").includes(seat.typeId), [closed]);
  const isFree = useCallback(
    (seat: Seat) => seat.typeId !== undefined && types.has(seat.typeId) && !isClosed(seat) && known?.get(seat.guid) === "free",
    [known, types, isClosed],
  );
  const stateOf = (seat: Seat): SeatState => {
    if (chosen.has(seat.guid)) return "chosen";
    if (seat.typeId === undefined || !types.has(seat.typeId)) return "not sold";
    if (isClosed(seat)) return "only with an access code";
    return isFree(seat) ? "free" : "taken";
  };
  const typeOf = (seat: Seat): TicketType | undefined => (seat.typeId === undefined ? undefined : types.get(seat.typeId));
  const name = (seat: Seat) => spokenName(seat, typeOf(seat), stateOf(seat));

  const choose = (seats: string[]) => {
    const typed = seats.flatMap((guid) => {
      const typeId = layout.byGuid.get(guid)?.typeId;
      return typeId === undefined ? [] : [[guid, typeId] as const];
    });
    onChange(seats, Object.fromEntries(typed));
  };
  const toggle = (seat: Seat) => {
    setCursor(seat);
    if (disabled) return setSaid("Tickets are not on sale right now.");
    if (chosen.has(seat.guid)) {
      choose(selected.filter((guid) => guid !== seat.guid));
      return setSaid(`${placeName(seat)}: given up.`);
    }
    if (!isFree(seat)) return setSaid(`${placeName(seat)} is ${stateOf(seat)}.`);
    if (selected.length >= max) return setSaid(`You can have at most ${count(max, "seat")}. Give one up first.`);
    choose([...selected, seat.guid]);
    setSaid(`${spokenName(seat, typeOf(seat), "chosen")}.`);
  };

  const [canvas, map] = useCanvas({ frame, layout, grid, marks, isFree, selected: chosen, cursor, onPick: toggle });
  const press = (event: KeyboardEvent) => {
    const direction = directions[event.key];
    const from = cursor ?? layout.byGuid.get(selected[0] ?? "") ?? layout.seats.find(isFree) ?? layout.seats[0];
    if (direction && from) {
      event.preventDefault();
      const to = cursor ? step(layout, grid, from, direction) : from;
      if (!to) return setSaid("No seat further that way.");
      setCursor(to);
      setSaid(name(to));
      return map.show(to);
    }
    if ((event.key === "Enter" || event.key === " ") && cursor) {
      event.preventDefault();
      return toggle(cursor);
    }
    if (event.key === "+" || event.key === "=") return map.zoomBy(1.4);
    if (event.key === "-") return map.zoomBy(1 / 1.4);
    if (event.key === "0") return map.fitAll();
    return undefined;
  };

  return (
    <section className={styles.map} aria-label="Seat map">
      <LostSeats {...{ lost, layout, grid, isFree, name }} onTake={toggle} />
      <Legend types={ticketTypes} marks={marks} locked={locked} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- role="application" is interactive: it takes the arrow keys */}
      <div
        ref={frame}
        className={styles.frame}
        role="application"
        aria-label={`Seat map: ${count(layout.seats.length, "seat")}. Arrow keys go from seat to seat, Enter chooses, plus and minus zoom.`}
        tabIndex={0}
        onKeyDown={press}
        data-zoomed={map.zoomed || undefined}
      >
        <canvas ref={canvas} className={styles.canvas} aria-hidden="true" />
      </div>
      <div className={styles.tools}>
        <button type="button" aria-label="Zoom in" onClick={() => map.zoomBy(1.6)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => map.zoomBy(1 / 1.6)}>
          −
        </button>
        <button type="button" onClick={map.fitAll}>
          Whole plan
        </button>
        <output className={styles.said} aria-live="polite">
          {said}
        </output>
      </div>
      {statuses.isError && !known && (
        <Notice tone="warn" title="Which seats are free is not known right now" announce>
          It is asked again by itself.
        </Notice>
      )}
      <SeatList {...{ layout, isFree, isClosed, selected: chosen, name }} onToggle={toggle} />
    </section>
  );
}
