import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Event } from "../../api/types";
import { listOf } from "../../lib/words";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { type Access, codedTypes, enterCode, useAccess } from "./access";
import styles from "./ticket-panel.module.css";

const faults: Record<NonNullable<Access["fault"]>, string> = {
  wrong: "This code does not open these tickets. Check it, or ask who gave it to you.",
  required: "These tickets are only for who has an access code.",
};

/** Where somebody enters the code of tickets that are not for everybody; nothing where all are. */
export function AccessCode({ event, onChange }: { event: Event; /** Another code counts now. */ onChange: () => void }) {
  const access = useAccess(event.id);
  const [typed, setTyped] = useState(access.code);
  const [asking, setAsking] = useState(access.code === "");
  const frame = useRef<HTMLFormElement>(null);
  const shown = useRef(asking);
  const open = asking || access.fault !== undefined;
  // What was refused is entered anew; who changes a code goes on at the field, who entered one at the button beside it.
  useEffect(() => {
    if (access.fault !== undefined || shown.current !== open) frame.current?.querySelector<HTMLElement>("input, button")?.focus();
    shown.current = open;
  }, [access, open]);

  const types = codedTypes(event);
  if (types.length === 0) return null;
  const submit = (form: FormEvent) => {
    form.preventDefault();
    enterCode(event.id, typed);
    setAsking(typed.trim() === "");
    onChange();
  };
  const names = listOf(types.map(({ name }) => name));
  return (
    <form ref={frame} className={styles.access} onSubmit={submit} aria-label="Unlock tickets">
      {open ? (
        <>
          <TextField
            label="Access code"
            hint={`For ${names}`}
            className={styles.code}
            value={typed}
            maxLength={64}
            autoComplete="off"
            autoCapitalize="off"
            autoCorrect="off"
            spellCheck={false}
            error={access.fault && faults[access.fault]}
            onChange={({ target }) => setTyped(target.value)}
          />
          <Button type="submit">Unlock</Button>
        </>
      ) : (
        <>
          <span className={styles.code} role="status">
            Access code entered
          </span>
          <Button variant="quiet" onClick={() => setAsking(true)}>
            Change the code
          </Button>
        </>
      )}
    </form>
  );
}
