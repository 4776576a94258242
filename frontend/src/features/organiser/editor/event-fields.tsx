import { useQuery } from "@tanstack/react-query";
import type { ChangeEvent } from "react";
import { Checkbox, Select, TextArea, TextField } from "../../../ui/field";
import { Notice } from "../../../ui/notice";
import styles from "../organiser.module.css";
import { plansQuery } from "../queries";
import type { EventForm, Faults } from "./form";
import { PlaceFields } from "./place-fields";
import { TicketTypeFields } from "./ticket-type-fields";

interface EventFieldsProps {
  organisationId: string;
  form: EventForm;
  onChange: (form: EventForm) => void;
  faults: Faults;
  /** On sale: seats and what is sold stay as they are. */
  published?: boolean;
}

const zones: readonly string[] = Intl.supportedValuesOf("timeZone");

/** Everything that an organiser says of an event. */
export function EventFields({ organisationId, form, onChange, faults, published = false }: EventFieldsProps) {
  const plans = useQuery(plansQuery(form.place === "own" ? form.venueId : ""));
  const plan = plans.data?.find(({ id }) => id === form.planId);
  const text = (name: "title" | "description" | "category" | "tags" | "imageUrl" | "externalUrl" | "starts" | "ends" | "maxPerBuyer", pointer: string) => ({
    value: form[name],
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => onChange({ ...form, [name]: event.target.value }),
    error: faults[pointer],
  });
  return (
    <>
      <fieldset className={styles.fieldset}>
        <legend>What</legend>
        <TextField label="Title" required maxLength={200} {...text("title", "/title")} />
        <TextArea label="Description" optional rows={6} maxLength={20_000} {...text("description", "/description")} />
        <div className={styles.row}>
          <TextField label="Category" optional hint="One word, such as music" maxLength={50} {...text("category", "/category")} />
          <TextField label="Tags" optional hint="Separated by commas" {...text("tags", "/tags")} />
        </div>
        <TextField label="Picture" optional type="url" hint="Address of an image; without one there is a pattern" {...text("imageUrl", "/image_url")} />
        <TextField label="Own website" optional type="url" {...text("externalUrl", "/external_url")} />
      </fieldset>
      <fieldset className={styles.fieldset}>
        <legend>When</legend>
        <div className={styles.row}>
          <TextField label="Starts" type="datetime-local" required {...text("starts", "/starts_at")} />
          <TextField label="Ends" type="datetime-local" required {...text("ends", "/ends_at")} />
        </div>
        <Select label="Time zone of the place" value={form.timeZone} onChange={(event) => onChange({ ...form, timeZone: event.target.value })}>
          {!zones.includes(form.timeZone) && <option>{form.timeZone}</option>}
          {zones.map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </Select>
      </fieldset>
      <PlaceFields organisationId={organisationId} form={form} onChange={onChange} faults={faults} frozen={published} />
      <fieldset className={styles.fieldset}>
        <legend>Tickets</legend>
        {plan && <Notice>Seats are counted by the plan {plan.name}: choose which of its categories each ticket type sells.</Notice>}
        <TicketTypeFields form={form} onChange={onChange} faults={faults} categories={plan?.categories.map(({ name }) => name) ?? []} published={published} />
        <TextField label="Tickets one person may have" hint="Empty for no limit" inputMode="numeric" {...text("maxPerBuyer", "/max_per_buyer")} />
        <Checkbox
          label="Waiting room: when many come at once they wait in line, and are let in as fast as the sale can serve them"
          checked={form.waitingRoom}
          onChange={(event) => onChange({ ...form, waitingRoom: event.target.checked })}
        />
      </fieldset>
    </>
  );
}
