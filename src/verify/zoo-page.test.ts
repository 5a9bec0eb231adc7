import { expect, test } from "vitest";
import { zooPage } from "./zoo-page.ts";

const model = { name: "wheel", title: "A wheel", paper: "arXiv:1", family: "flow" };
const page = { models: [model as never], results: [], captions: {} };

test("pictures and animations are shown with their captions where there are any", () => {
  expect(zooPage(page)).not.toContain("zoo/wheel");
  const text = zooPage({ ...page, captions: { wheel: "It stands." }, animations: { wheel: "It turns." } });
  expect(text).toContain(
    "![A wheel](zoo/wheel.png)\n\n*It stands.*\n\n![A wheel](zoo/wheel.webp)\n\n*It turns.*",
  );
});
