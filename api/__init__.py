"""GraphQL over HTTP: types, resolvers, errors; `api.app.create_app` puts them over a store."""
