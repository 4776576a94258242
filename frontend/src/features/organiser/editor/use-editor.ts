/** The state of an editor: what was typed, whether it is saved, and saving it. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { catalog, unwrap } from "../../../api/clients";
import { ApiProblem, isProblem } from "../../../api/problem";
import type { Event } from "../../../api/types";
import { ownEventQuery } from "../queries";
import { type EventForm, type Faults, bodyOf, formOf } from "./form";

/** A draft is saved this long after the last key. */
const PAUSE_MS = 1_200;

export function useEditor(organisationId: string, event: Event) {
  const client = useQueryClient();
  const [form, setForm] = useState(() => formOf(event));
  const [faults, setFaults] = useState<Faults>({});
  const [dirty, setDirty] = useState(false);
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<unknown>(null);
  // What saving works with, whenever it comes to run.
  const latest = useRef({ form, version: event.version, edits: 0 });
  const running = useRef<Promise<void>>(Promise.resolve());

  const save = useCallback(
    async (overwrite: boolean): Promise<void> => {
      const { form: typed, edits } = latest.current;
      const result = bodyOf(typed, organisationId);
      setFaults("faults" in result ? result.faults : {});
      if ("faults" in result) throw new Error("what was typed can't be saved");
      setSaving(true);
      try {
        // The organisation never changes.
        const { organisation_id: _, ...body } = result.body;
        const params = { path: { id: event.id }, header: { "If-Match": overwrite ? "*" : `"${latest.current.version}"` } };
        const saved = await unwrap(catalog.PATCH("/events/{id}", { params, body }));
        latest.current.version = saved.version;
        client.setQueryData(ownEventQuery(event.id).queryKey, saved);
        client.removeQueries({ queryKey: ["event", event.id] });
        setError(null);
        if (latest.current.edits === edits) {
          setDirty(false);
          // Ids that the catalog gave to new ticket types.
          latest.current.form = withIds(latest.current.form, saved);
          setForm(latest.current.form);
        }
      } catch (problem) {
        if (problem instanceof ApiProblem) setFaults(Object.fromEntries(problem.errors.map(({ pointer, message }) => [pointer, message])));
        setError(problem);
        throw problem;
      } finally {
        setSaving(false);
      }
    },
    [client, event.id, organisationId],
  );

  /** One save at a time: the next begins with the version that the last one made. */
  const enqueue = useCallback(
    (overwrite: boolean): Promise<void> => {
      const next = running.current.catch(() => undefined).then(() => save(overwrite));
      running.current = next;
      return next;
    },
    [save],
  );

  const timer = useRef<ReturnType<typeof setTimeout>>();
  // Who leaves the page within the pause leaves nothing unsaved.
  useEffect(
    () => () => {
      if (timer.current === undefined) return;
      clearTimeout(timer.current);
      void enqueue(false).catch(() => undefined);
    },
    [enqueue],
  );
  const saveSoon = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    if (event.status !== "draft" || isProblem(error, "stale_version")) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      void enqueue(false).catch(() => undefined);
    }, PAUSE_MS);
  };

  useEffect(() => {
    if (!dirty) return undefined;
    const warn = (leaving: BeforeUnloadEvent) => leaving.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [dirty]);

  return {
    form,
    faults,
    dirty,
    saving,
    error: isProblem(error) && error.errors.length > 0 ? null : error,
    stale: isProblem(error, "stale_version"),
    change: (next: EventForm) => {
      latest.current.form = next;
      latest.current.edits += 1;
      setForm(next);
      setDirty(true);
      saveSoon();
    },
    saveNow: () => enqueue(false),
    overwrite: () => enqueue(true),
    takeTheirs: async () => {
      const theirs = await client.fetchQuery({ ...ownEventQuery(event.id), staleTime: 0 });
      latest.current = { form: formOf(theirs), version: theirs.version, edits: latest.current.edits + 1 };
      setForm(latest.current.form);
      setFaults({});
      setDirty(false);
      setError(null);
    },
  };
}

function withIds(form: EventForm, saved: Event): EventForm {
  return { ...form, types: form.types.map((type, index) => ({ ...type, id: type.id ?? saved.ticket_types[index]?.id })) };
}
