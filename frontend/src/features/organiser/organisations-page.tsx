import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Navigate, useNavigate } from "react-router";
import { catalog, unwrap } from "../../api/clients";
import { isProblem } from "../../api/problem";
import { organisationsQuery } from "../../api/resources/organisations";
import { paths } from "../../app/paths";
import { Button, ButtonLink } from "../../ui/button";
import { Card } from "../../ui/card";
import { TextField } from "../../ui/field";
import { Page } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { QueryView } from "../../ui/query-view";
import styles from "./organiser.module.css";

/** The organisations that somebody belongs to; with a single one, straight to it. */
export function Component() {
  const query = useQuery(organisationsQuery);
  const [adding, setAdding] = useState(false);
  const organised = query.data?.filter(({ role }) => role === "organiser") ?? [];
  const only = organised.length === 1 ? organised[0] : undefined;
  if (only && query.data?.length === 1 && !adding && !new URLSearchParams(location.search).has("all")) {
    return <Navigate to={paths.organiserEvents(only.id)} replace />;
  }
  return (
    <Page title="Your organisations" narrow>
      <QueryView query={query}>
        {(organisations) => (
          <div className={styles.stack}>
            {organisations.length > 0 && (
              <ul className={styles.list} role="list">
                {organisations.map(({ id, name, role }) => (
                  <Card as="li" key={id} className={styles.item}>
                    <span>
                      <b>{name}</b> <span className={styles.muted}>· {role}</span>
                    </span>
                    {role === "organiser" ? <ButtonLink to={paths.organiserEvents(id)}>Open</ButtonLink> : <ButtonLink to={paths.gate()}>To the gate</ButtonLink>}
                  </Card>
                ))}
              </ul>
            )}
            {organisations.length === 0 || adding ? (
              <NewOrganisation first={organisations.length === 0} />
            ) : (
              <div>
                <Button onClick={() => setAdding(true)}>New organisation</Button>
              </div>
            )}
          </div>
        )}
      </QueryView>
    </Page>
  );
}

function NewOrganisation({ first }: { first: boolean }) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () => unwrap(catalog.POST("/organisations", { body: { name: name.trim() } })),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: organisationsQuery.queryKey });
      await navigate(paths.organiserEvents(id));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!create.isPending) create.mutate();
  };
  const problem = isProblem(create.error) ? create.error : undefined;
  return (
    <Card>
      <form className={styles.form} onSubmit={submit}>
        <h2>{first ? "Sell tickets for your events" : "New organisation"}</h2>
        <p>An organisation owns venues and events. You organise it and can add others later.</p>
        <TextField label="Its name" hint="Buyers see it on event pages and receipts." required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} error={problem?.field("/name")} />
        {create.isError && !problem?.errors.length && <ProblemNotice problem={create.error} />}
        <div>
          <Button type="submit" variant="primary" busy={create.isPending}>
            Make it
          </Button>
        </div>
      </form>
    </Card>
  );
}
