import { isRouteErrorResponse, useRouteError } from "react-router";
import { isProblem } from "../api/problem";
import { Button, ButtonLink } from "../ui/button";
import { Actions, Page } from "../ui/page";
import { describeProblem } from "./errors";
import { NotFoundPage } from "./not-found-page";
import { paths } from "./paths";

/** Code of a page that no longer exists: a newer version was installed while this tab was open. */
function isStaleCode(error: unknown): boolean {
  return error instanceof TypeError && /import|module/i.test(error.message);
}

/** The last net: a page that could not be shown. */
export function ErrorPage() {
  const error = useRouteError();
  if ((isRouteErrorResponse(error) && error.status === 404) || isProblem(error, "not_found")) return <NotFoundPage />;
  const { title, body } = isStaleCode(error)
    ? navigator.onLine
      ? { title: "There is a newer version", body: "Reload to get it. Holds and orders are kept." }
      : { title: "You are offline", body: "This page was not opened before on this device. Try again when the connection is back." }
    : describeProblem(error);
  return (
    <Page title={title} intro={body} narrow>
      <Actions>
        <Button variant="primary" onClick={() => location.reload()}>
          Reload
        </Button>
        <ButtonLink to={paths.home()}>To all events</ButtonLink>
      </Actions>
    </Page>
  );
}
