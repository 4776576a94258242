import { Outlet, useNavigate } from "react-router";
import { paths } from "../../app/paths";
import { signOut } from "../../auth/session";
import { useUser } from "../../auth/use-session";
import { Button } from "../../ui/button";
import { Page } from "../../ui/page";
import { Tabs } from "../../ui/tabs";

export function Component() {
  const user = useUser();
  const navigate = useNavigate();
  const leave = async () => {
    await navigate(paths.home());
    // Gone here at once; without a connection the platform learns of it when the session runs out.
    await signOut().catch(() => undefined);
  };
  return (
    <Page title="Account" intro={user?.email} narrow actions={<Button onClick={() => void leave()}>Log out</Button>}>
      <Tabs
        label="Account"
        items={[
          { to: paths.account(), label: "Profile" },
          { to: paths.sessions(), label: "Devices" },
        ]}
      />
      <Outlet />
    </Page>
  );
}
