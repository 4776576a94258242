import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { categoriesQuery } from "../../api/resources/events";
import { Button } from "../../ui/button";
import { Checkbox, Select, TextField } from "../../ui/field";
import { everything, filterCount, isEverything, type Order, type Search, today, type When } from "./filters";
import styles from "./home-page.module.css";

interface SearchFormProps {
  search: Search;
  onSearch: (search: Search) => void;
}

/** Text being typed; back and links change the address, and the field follows it. */
function useTyped(value: string): [string, (text: string) => void] {
  const [known, setKnown] = useState(value);
  const [text, setText] = useState(value);
  if (value !== known) {
    setKnown(value);
    setText(value);
  }
  return [text, setText];
}

/** What, where, when in one row; more filters below. Choices apply at once, words when the person is done typing. */
export function SearchForm({ search, onSearch }: SearchFormProps) {
  const [what, setWhat] = useTyped(search.what);
  const [where, setWhere] = useTyped(search.where);

  const apply = (change: Partial<Search>) => onSearch({ ...search, what, where, ...change });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    apply({});
  };
  return (
    <form className={styles.search} role="search" onSubmit={submit}>
      <div className={styles.row}>
        <TextField label="What" type="search" placeholder="Artist, topic, title" value={what} onChange={(event) => setWhat(event.target.value)} enterKeyHint="search" maxLength={200} />
        <TextField label="Where" type="search" placeholder="Any city" value={where} onChange={(event) => setWhere(event.target.value)} enterKeyHint="search" autoComplete="address-level2" maxLength={100} />
        <Select label="When" value={search.when} onChange={(event) => apply({ when: event.target.value as When, from: "", to: "" })}>
          <option value="any">Any time</option>
          <option value="today">Today</option>
          <option value="weekend">This weekend</option>
          <option value="week">Next 7 days</option>
          <option value="month">Next 30 days</option>
          <option value="days">Choose days</option>
        </Select>
        <Button type="submit" variant="primary">
          Search
        </Button>
      </div>
      {search.when === "days" && <Days search={search} apply={apply} />}
      <Filters search={search} apply={apply} />
      {!isEverything(search) && (
        <div>
          <Button variant="quiet" onClick={() => onSearch(everything)}>
            Clear all
          </Button>
        </div>
      )}
    </form>
  );
}

interface PartProps {
  search: Search;
  apply: (change: Partial<Search>) => void;
}

function Days({ search, apply }: PartProps) {
  const [min] = useState(() => today(new Date()));
  return (
    <div className={styles.days}>
      <TextField label="From" type="date" min={min} value={search.from} onChange={(event) => apply({ from: event.target.value })} />
      <TextField label="To" type="date" min={search.from || min} value={search.to} onChange={(event) => apply({ to: event.target.value })} />
    </div>
  );
}

const prices = ["0", "20", "50", "100", "200"];

function Filters({ search, apply }: PartProps) {
  const categories = useQuery(categoriesQuery()).data?.items ?? [];
  const set = filterCount(search);
  return (
    <details className={styles.more} open={set > 0 || undefined}>
      <summary>{set > 0 ? `Filters (${set})` : "Filters"}</summary>
      <div className={styles.filters}>
        <Select label="Category" value={search.category} onChange={(event) => apply({ category: event.target.value })}>
          <option value="">All</option>
          {search.category && !categories.some(({ category }) => category === search.category) && <option value={search.category}>{search.category}</option>}
          {categories.map(({ category, count }) => (
            <option key={category} value={category}>
              {category} ({count})
            </option>
          ))}
        </Select>
        <Select label="Price" value={search.price} onChange={(event) => apply({ price: event.target.value })}>
          <option value="">Any</option>
          {prices.map((price) => (
            <option key={price} value={price}>
              {price === "0" ? "Free" : `Up to ${price}`}
            </option>
          ))}
        </Select>
        <Select label="Order" value={search.order} onChange={(event) => apply({ order: event.target.value as Order | "" })}>
          <option value="">{search.what ? "Best match" : "Soonest first"}</option>
          {search.what && <option value="starts_at">Soonest first</option>}
          <option value="price">Cheapest first</option>
        </Select>
        <Checkbox label="Tickets left" checked={search.available} onChange={(event) => apply({ available: event.target.checked })} />
      </div>
    </details>
  );
}
