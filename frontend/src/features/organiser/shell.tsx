import { useQuery } from "@tanstack/react-query";
import { Outlet, useParams } from "react-router";
import { organisationsQuery } from "../../api/resources/organisations";
import { paths } from "../../app/paths";
import { ButtonLink } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { Page } from "../../ui/page";
import { QueryView } from "../../ui/query-view";
import { Tabs } from "../../ui/tabs";
import styles from "./organiser.module.css";

/** The frame of an organisation's pages: its name, and what it has. */
export function Component() {
  const { organisationId = "" } = useParams();
  const query = useQuery(organisationsQuery);
  const organisation = query.data?.find(({ id }) => id === organisationId);
  const several = (query.data?.length ?? 0) > 1;
  return (
    <Page
      title={organisation?.name ?? "Organisation"}
      {...(several ? { back: { to: `${paths.organiser()}?all`, label: "Your organisations" } } : {})}
      actions={
        organisation && (
          <ButtonLink variant="primary" to={paths.newEvent(organisationId)}>
            New event
          </ButtonLink>
        )
      }
    >
      <QueryView query={query}>
        {() =>
          organisation ? (
            <div className={styles.stack}>
              <Tabs
                label={organisation.name}
                items={[
                  { to: paths.organiserEvents(organisationId), label: "Events" },
                  { to: paths.venues(organisationId), label: "Venues" },
                  { to: paths.importEvents(organisationId), label: "Import" },
                  { to: paths.members(organisationId), label: "Members" },
                ]}
              />
              <Outlet />
            </div>
          ) : (
            <EmptyState title="No such organisation" action={<ButtonLink to={paths.organiser()}>Your organisations</ButtonLink>}>
              It does not exist, or you are no member of it.
            </EmptyState>
          )
        }
      </QueryView>
    </Page>
  );
}
