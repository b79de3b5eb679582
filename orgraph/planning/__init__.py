"""Planning: one package per use case; what a planner asks in, a plan in the planner's words out."""
