import { ButtonLink } from "../ui/button";
import { Actions, Page } from "../ui/page";
import { paths } from "./paths";

export function NotFoundPage() {
  return (
    <Page title="This page does not exist" intro="The link may be old or mistyped, or what it showed belongs to another account." narrow>
      <Actions>
        <ButtonLink variant="primary" to={paths.home()}>
          Find an event
        </ButtonLink>
        <ButtonLink to={paths.bookings()}>My bookings</ButtonLink>
      </Actions>
    </Page>
  );
}
