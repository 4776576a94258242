import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useParams } from "react-router";
import { catalog, done, unwrap } from "../../api/clients";
import type { components } from "../../api/generated/catalog";
import { isProblem } from "../../api/problem";
import { Button } from "../../ui/button";
import { Card } from "../../ui/card";
import { Select, TextField } from "../../ui/field";
import { Actions } from "../../ui/page";
import { ProblemNotice } from "../../ui/problem-notice";
import { QueryView } from "../../ui/query-view";
import styles from "./organiser.module.css";
import { membersQuery } from "./queries";

type Member = components["schemas"]["Member"];
type Role = components["schemas"]["Role"];

/** Who belongs to the organisation, and with which role. */
export function Component() {
  const { organisationId = "" } = useParams();
  const query = useQuery(membersQuery(organisationId));
  return (
    <div className={styles.stack}>
      <QueryView query={query}>
        {(members) => (
          <ul className={styles.list} role="list">
            {members.map((member) => (
              <MemberItem key={member.user_id} organisationId={organisationId} member={member} />
            ))}
          </ul>
        )}
      </QueryView>
      <AddMember organisationId={organisationId} />
    </div>
  );
}

function MemberItem({ organisationId, member }: { organisationId: string; member: Member }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const params = { path: { id: organisationId, user_id: member.user_id } };
  const refresh = () => client.invalidateQueries({ queryKey: membersQuery(organisationId).queryKey });
  const change = useMutation({
    mutationFn: (role: Role) => unwrap(catalog.PUT("/organisations/{id}/members/{user_id}", { params, body: { role } })),
    onSettled: refresh,
  });
  const remove = useMutation({ mutationFn: () => done(catalog.DELETE("/organisations/{id}/members/{user_id}", { params })), onSuccess: refresh });
  const name = member.name || member.email || "Somebody";
  const failed = change.error ?? remove.error;
  return (
    <Card as="li" className={styles.form}>
      <div className={styles.item}>
        <span>
          <b>{name}</b>
          {member.email && member.email !== name && <span className={styles.muted}> · {member.email}</span>}
        </span>
        <Actions>
          <Select label={`Role of ${name}`} hideLabel value={change.isPending ? change.variables : member.role} onChange={(event) => change.mutate(event.target.value as Role)}>
            <option value="organiser">Organiser</option>
            <option value="staff">Gate staff</option>
          </Select>
          <Button aria-label={`Remove ${name}`} onClick={() => setAsking(!asking)}>
            Remove
          </Button>
        </Actions>
      </div>
      {asking && (
        <div className={styles.item}>
          <span>{name} loses access to this organisation at once.</span>
          <Actions>
            <Button variant="quiet" onClick={() => setAsking(false)}>
              No, keep
            </Button>
            <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
              Yes, remove
            </Button>
          </Actions>
        </div>
      )}
      {failed && <ProblemNotice problem={failed} />}
    </Card>
  );
}

function AddMember({ organisationId }: { organisationId: string }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("staff");
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: () => unwrap(catalog.POST("/organisations/{id}/members", { params: { path: { id: organisationId } }, body: { email: email.trim(), role } })),
    onSuccess: () => {
      setEmail("");
      return client.invalidateQueries({ queryKey: membersQuery(organisationId).queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!add.isPending) add.mutate();
  };
  const unknown = isProblem(add.error, "user_not_found") ? "Nobody has an account with this address. Ask them to register first." : undefined;
  const wrong = unknown ?? (isProblem(add.error) ? add.error.field("/email") : undefined);
  return (
    <Card>
      <form className={styles.form} onSubmit={submit}>
        <h2>Add somebody</h2>
        <div className={styles.row}>
          <TextField label="E-mail of the account" type="email" required maxLength={254} value={email} onChange={(event) => setEmail(event.target.value)} error={wrong} />
          <Select label="Role" value={role} onChange={(event) => setRole(event.target.value as Role)}>
            <option value="staff">Gate staff: checks tickets in</option>
            <option value="organiser">Organiser: may do everything</option>
          </Select>
        </div>
        {add.isError && !wrong && <ProblemNotice problem={add.error} />}
        <div>
          <Button type="submit" variant="primary" busy={add.isPending}>
            Add
          </Button>
        </div>
      </form>
    </Card>
  );
}
