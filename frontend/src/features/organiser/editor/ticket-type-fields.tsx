import { Button } from "../../../ui/button";
import { Checkbox, Select, TextField } from "../../../ui/field";
import styles from "../organiser.module.css";
import { type EventForm, type Faults, type TypeForm, newType } from "./form";

interface TicketTypeFieldsProps {
  form: EventForm;
  onChange: (form: EventForm) => void;
  faults: Faults;
  /** Categories of the seating plan; none for general admission. */
  categories: readonly string[];
  published: boolean;
}

const currencies: readonly string[] = ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "JPY", "CAD", "AUD"];

/** What is sold, at which price, how often and when. */
export function TicketTypeFields({ form, onChange, faults, categories, published }: TicketTypeFieldsProps) {
  const set = (key: string, change: Partial<TypeForm>) => onChange({ ...form, types: form.types.map((type) => (type.key === key ? { ...type, ...change } : type)) });
  return (
    <>
      <Select label="Currency" value={form.currency} disabled={published} onChange={(event) => onChange({ ...form, currency: event.target.value })}>
        {!currencies.includes(form.currency) && <option>{form.currency}</option>}
        {currencies.map((currency) => (
          <option key={currency}>{currency}</option>
        ))}
      </Select>
      {form.types.map((type, index) => {
        const at = `/ticket_types/${index}`;
        const frozen = published && type.id !== undefined;
        const seated = type.categories.length > 0;
        const field = (name: "name" | "price" | "capacity" | "maxPerOrder" | "salesStart" | "salesEnd" | "accessCode", pointer: string) => ({
          value: type[name],
          onChange: (event: React.ChangeEvent<HTMLInputElement>) => set(type.key, { [name]: event.target.value }),
          error: faults[`${at}/${pointer}`],
        });
        return (
          <div key={type.key} className={styles.type} role="group" aria-label={type.name || `Ticket type ${index + 1}`}>
            <div className={styles.row}>
              <TextField label="Ticket type" required maxLength={50} {...field("name", "name")} />
              <TextField label={`Price in ${form.currency}`} hint="0 for free" inputMode="decimal" {...field("price", "price/amount")} />
              <TextField
                label="How many"
                inputMode="numeric"
                hint={seated ? "Counted by the plan" : undefined}
                disabled={seated}
                {...field("capacity", "capacity")}
                {...(seated && type.id === undefined ? { value: "" } : {})}
              />
            </div>
            {categories.length > 0 && (
              <fieldset className={styles.fieldset} disabled={frozen}>
                <legend>Seats it sells</legend>
                <div className={styles.row}>
                  {categories.map((category) => (
                    <Checkbox
                      key={category}
                      label={category}
                      checked={type.categories.includes(category)}
                      disabled={form.types.some((other) => other.key !== type.key && other.categories.includes(category))}
                      onChange={(event) =>
                        set(type.key, { categories: event.target.checked ? [...type.categories, category] : type.categories.filter((item) => item !== category) })
                      }
                    />
                  ))}
                </div>
              </fieldset>
            )}
            <details>
              <summary>Limits, time of sale, access code</summary>
              <div className={styles.row}>
                <TextField label="Most in one order" inputMode="numeric" {...field("maxPerOrder", "max_per_order")} />
                <TextField label="Sale starts" type="datetime-local" hint="Empty: at once" {...field("salesStart", "sales_start")} />
                <TextField label="Sale ends" type="datetime-local" hint="Empty: when the event ends" {...field("salesEnd", "sales_end")} />
                <TextField
                  label="Access code"
                  hint="Empty: for everybody. With one, only who knows it can buy: a presale, a fan club, the press."
                  maxLength={64}
                  autoComplete="off"
                  spellCheck={false}
                  {...field("accessCode", "access_code")}
                />
              </div>
            </details>
            {frozen ? (
              <p className={styles.muted}>It is on sale: end its sale instead of removing it.</p>
            ) : (
              <div>
                <Button variant="quiet" onClick={() => onChange({ ...form, types: form.types.filter(({ key }) => key !== type.key) })}>
                  Remove {type.name || "this type"}
                </Button>
              </div>
            )}
          </div>
        );
      })}
      <div>
        <Button onClick={() => onChange({ ...form, types: [...form.types, newType()] })}>Another ticket type</Button>
      </div>
    </>
  );
}
