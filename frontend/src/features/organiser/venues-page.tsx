import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useParams } from "react-router";
import { catalog, unwrap } from "../../api/clients";
import { isProblem } from "../../api/problem";
import { Button } from "../../ui/button";
import { Card } from "../../ui/card";
import { EmptyState } from "../../ui/empty-state";
import { TextField } from "../../ui/field";
import { ProblemNotice } from "../../ui/problem-notice";
import { QueryView } from "../../ui/query-view";
import styles from "./organiser.module.css";
import { venuesQuery } from "./queries";
import { SeatingPlans } from "./seating-plans";

const nowhere = { name: "", address: "", city: "", country: "" };

/** Places that are used again and again, with their seating plans. */
export function Component() {
  const { organisationId = "" } = useParams();
  const query = useQuery(venuesQuery(organisationId));
  return (
    <div className={styles.stack}>
      <QueryView query={query}>
        {(venues) =>
          venues.length === 0 ? (
            <EmptyState title="No venues yet">A venue is needed only for numbered seats, or to type its address once.</EmptyState>
          ) : (
            <ul className={styles.list} role="list">
              {venues.map((venue) => (
                <Card as="li" key={venue.id} className={styles.form}>
                  <div>
                    <b>{venue.name}</b>
                    <span className={styles.muted}> {[venue.address, venue.city, venue.country].filter(Boolean).join(", ")}</span>
                  </div>
                  <SeatingPlans venueId={venue.id} venue={venue.name} />
                </Card>
              ))}
            </ul>
          )
        }
      </QueryView>
      <NewVenue organisationId={organisationId} />
    </div>
  );
}

function NewVenue({ organisationId }: { organisationId: string }) {
  const [venue, setVenue] = useState(nowhere);
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: () => unwrap(catalog.POST("/venues", { body: { organisation_id: organisationId, ...venue, country: venue.country.trim().toUpperCase() } })),
    onSuccess: () => {
      setVenue(nowhere);
      return client.invalidateQueries({ queryKey: venuesQuery(organisationId).queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!add.isPending) add.mutate();
  };
  const problem = isProblem(add.error) ? add.error : undefined;
  const field = (name: keyof typeof nowhere) => ({
    value: venue[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => setVenue({ ...venue, [name]: event.target.value }),
    error: problem?.field(`/${name}`),
  });
  return (
    <Card>
      <form className={styles.form} onSubmit={submit}>
        <h2>New venue</h2>
        <TextField label="Name" required maxLength={200} {...field("name")} />
        <TextField label="Address" optional maxLength={300} {...field("address")} />
        <div className={styles.row}>
          <TextField label="City" optional maxLength={100} {...field("city")} />
          <TextField label="Country" optional hint="Two letters, such as AT" maxLength={2} {...field("country")} />
        </div>
        {add.isError && !problem?.errors.length && <ProblemNotice problem={add.error} />}
        <div>
          <Button type="submit" variant="primary" busy={add.isPending}>
            Make it
          </Button>
        </div>
      </form>
    </Card>
  );
}
