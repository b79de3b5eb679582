"use strict";

// Starts GraphiQL with one tab per example; what the user writes is kept in the browser under the page's own address.
(async function () {
  const lang = document.documentElement.lang === "zh" ? "zh" : "en";
  const examples = await (await fetch("/static/examples.json")).json();
  const tabs = examples.map((example) => ({
    query: `# ${example.title[lang]}\n${example.query}`,
    variables: JSON.stringify(example.variables, null, 2),
  }));
  const isFirstVisit = localStorage.getItem("graphiql:tabState") === null;
  const fetcher = GraphiQL.createFetcher({
    url: "/graphql",
    headers: { "Accept-Language": lang },
  });
  const explorer = GraphiQLPluginExplorer.explorerPlugin();
  ReactDOM.createRoot(document.getElementById("ide")).render(
    React.createElement(GraphiQL, {
      fetcher,
      plugins: [explorer],
      defaultTabs: tabs,
      variables: isFirstVisit ? tabs[0].variables : undefined,
      defaultEditorToolsVisibility: "variables",
      inputValueDeprecation: true,
      isHeadersEditorEnabled: true,
      shouldPersistHeaders: false,
    }),
  );
})();
