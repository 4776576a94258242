import { useQuery } from "@tanstack/react-query";
import { Select, TextField } from "../../../ui/field";
import styles from "../organiser.module.css";
import { plansQuery, venuesQuery } from "../queries";
import type { EventForm, Faults } from "./form";

interface PlaceFieldsProps {
  organisationId: string;
  form: EventForm;
  onChange: (form: EventForm) => void;
  faults: Faults;
  /** The seats are frozen. */
  frozen: boolean;
}

/** Where: one of the organisation's venues, a typed address, or nowhere. */
export function PlaceFields({ organisationId, form, onChange, faults, frozen }: PlaceFieldsProps) {
  const venues = useQuery(venuesQuery(organisationId));
  const plans = useQuery(plansQuery(form.place === "own" ? form.venueId : ""));
  const typed = (name: "venueName" | "venueAddress" | "venueCity" | "venueCountry", pointer: string) => ({
    value: form[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => onChange({ ...form, [name]: event.target.value }),
    error: faults[pointer],
  });
  return (
    <fieldset className={styles.fieldset}>
      <legend>Where</legend>
      <Select label="Place" value={form.place} disabled={frozen && form.planId !== ""} onChange={(event) => onChange({ ...form, place: event.target.value as EventForm["place"] })}>
        <option value="typed">An address</option>
        <option value="own">One of our venues</option>
        <option value="none">Online, or not known yet</option>
      </Select>
      {form.place === "typed" && (
        <>
          <TextField label="Name of the place" maxLength={200} {...typed("venueName", "/venue/name")} />
          <TextField label="Address" optional maxLength={300} {...typed("venueAddress", "/venue/address")} />
          <div className={styles.row}>
            <TextField label="City" optional maxLength={100} {...typed("venueCity", "/venue/city")} />
            <TextField label="Country" optional hint="Two letters, such as AT" maxLength={2} {...typed("venueCountry", "/venue/country")} />
          </div>
        </>
      )}
      {form.place === "own" && (
        <>
          <Select
            label="Venue"
            value={form.venueId}
            disabled={frozen && form.planId !== ""}
            error={faults["/venue_id"] ?? (venues.data?.length === 0 ? "There are no venues yet: make one under Venues." : undefined)}
            onChange={(event) => onChange({ ...form, venueId: event.target.value, planId: "" })}
          >
            <option value="">Choose…</option>
            {venues.data?.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
          <Select
            label="Seating plan"
            optional
            value={form.planId}
            disabled={frozen}
            error={faults["/seating_plan_id"]}
            hint={frozen ? "Seats are frozen since the event is on sale." : undefined}
            onChange={(event) => onChange({ ...form, planId: event.target.value, types: form.types.map((type) => ({ ...type, categories: [] })) })}
          >
            <option value="">No numbered seats</option>
            {plans.data?.map(({ id, name, seat_count }) => (
              <option key={id} value={id}>
                {name} ({seat_count} seats)
              </option>
            ))}
          </Select>
        </>
      )}
    </fieldset>
  );
}
