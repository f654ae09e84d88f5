/**
 * The codes of `@runafter/core`: first those of a definition that was refused, then those of a run.
 */

export const coreCodes = {
  DEFINITION_INVALID: {
    package: '@runafter/core',
    title: 'Something in a definition does not have the shape that it must have.',
    why: 'A container is added to the flow that a body was given. `defineWorkflow` takes an object with a name and `actions`, which is an object of named actions; each action is an object too, and a container has `actions` of its own.',
    fix: 'Correct the part that the message names.',
  },
  TYPE_UNKNOWN: {
    package: '@runafter/core',
    title: 'An action of a data definition has a type that does not exist.',
    why: 'The types are action, scope, forEach, condition, switch, until, child, delay, waitFor and terminate, in any case; Foreach, If, Wait and Workflow are understood too.',
    fix: 'Use one of these types. An action with a function `run` needs no type.',
  },
  NAME_INVALID: {
    package: '@runafter/core',
    title: 'A name cannot be used.',
    why: 'Names become paths such as `Orders[3]/Mail`, and paths become keys in stores. So a name has 1 to 200 characters, none of them `/`, `[`, `]` or a control character, and no blank at its ends.',
    fix: 'Choose a name of letters, digits, blanks, `_` and `-`.',
  },
  NAME_DUPLICATE: {
    package: '@runafter/core',
    title: 'Two actions of one container have the same name.',
    why: 'The name is the identity of an action in its container, for records, look-ups and resumed runs.',
    fix: 'Give one of the two another name. The same name in different containers is fine.',
  },
  FUNCTION_MISSING: {
    package: '@runafter/core',
    title: 'Something that must be a function is not one.',
    why: 'Often the function was called instead of passed, or an argument was left out so that the others moved.',
    fix: 'Pass the function itself: `(values, context) => …`, or `(context) => …` in the data form.',
  },
  OPTION_INVALID: {
    package: '@runafter/core',
    title: 'An option has a value that it cannot have.',
    why: 'The message names the option, its value and what is accepted. A duration has a unit or is milliseconds; counts are whole numbers.',
    fix: 'Correct the value, or leave the option out for its default.',
  },
  OPTION_UNKNOWN: {
    package: '@runafter/core',
    title: 'There is no option with this name here.',
    why: 'An option that nobody reads is nearly always a typing mistake, or belongs to another kind of action.',
    fix: 'Correct the name; the message lists those that exist here.',
  },
  RUN_AFTER_INVALID: {
    package: '@runafter/core',
    title: 'A runAfter is not a list of handles, or not an object of names and statuses.',
    why: 'With handles it is an array, `[stock, settled(mail)]`; in the data form an object, `{ Stock: ["Succeeded"] }`.',
    fix: 'Write it in the form that belongs to the way in which you define the workflow.',
  },
  RUN_AFTER_STATUS: {
    package: '@runafter/core',
    title: 'A runAfter lists a status that cannot be waited for, or none at all.',
    why: 'The statuses are Succeeded, Failed, Skipped and TimedOut. Nothing runs after what was cancelled, since a cancel ends everything around it; and an empty list could never be met.',
    fix: 'List at least one of these statuses.',
  },
  RUN_AFTER_UNKNOWN: {
    package: '@runafter/core',
    title: 'A runAfter names an action that does not exist.',
    why: 'The name is not among the actions of its container, nor anywhere else in the workflow.',
    fix: 'Correct the name, or add the action.',
  },
  RUN_AFTER_SELF: {
    package: '@runafter/core',
    title: 'An action runs after itself.',
    why: 'It would wait for its own end and never start.',
    fix: 'Remove its own name from its runAfter. To repeat something use `until`.',
  },
  RUN_AFTER_CYCLE: {
    package: '@runafter/core',
    title: 'Actions run after each other in a circle.',
    why: 'Each of them would wait for the others, so that none could start. The message has the path of the circle.',
    fix: 'Remove one of the edges in the path. To repeat something use `until`.',
  },
  RUN_AFTER_CROSSES_SCOPE: {
    package: '@runafter/core',
    title: 'A runAfter names an action of another container.',
    why: 'A container starts and ends as a whole, so only actions of the same container can run after each other.',
    fix: 'Let the container run after that action, or run after the container that the action is in.',
  },
  RUN_AFTER_DUPLICATE: {
    package: '@runafter/core',
    title: 'A runAfter has the same action twice.',
    why: 'An action ends once, in one status.',
    fix: 'List it once; name several statuses in one entry, `on(x, "Succeeded", "Failed")`.',
  },
  RUN_AFTER_TERMINATE: {
    package: '@runafter/core',
    title: 'A runAfter names a terminate.',
    why: 'A terminate ends the whole run, so nothing can run after it.',
    fix: 'Run after what comes before the terminate, with the statuses for which it is not reached.',
  },
  HANDLE_INVALID: {
    package: '@runafter/core',
    title: 'Something that is not a handle was used as one.',
    why: 'Handles are what `action()`, `scope()` and the other methods of a flow return; `on()`, `failed()` and `settled()` take one and are not nested.',
    fix: 'Pass the handle itself.',
  },
  HANDLE_FOREIGN: {
    package: '@runafter/core',
    title: 'A handle of another container, or of another workflow, was used.',
    why: 'Values enter a container through its runAfter list and leave it through what its body returns. That is why the drawn graph is the graph that runs.',
    fix: 'List the outer handle in the runAfter of the container and use the handle that its body gets; return an inner one from the body.',
  },
  FLOW_CLOSED: {
    package: '@runafter/core',
    title: 'Something was added to a flow that is not being written.',
    why: 'A body is written while its function runs. Later, or while the body of a container inside it is written, nothing can be added.',
    fix: 'Add everything inside the body, synchronously, with the flow that this body was given.',
  },
  BODY_ASYNC: {
    package: '@runafter/core',
    title: 'The body of a workflow or container is asynchronous.',
    why: 'A body only declares what depends on what. What it added after an `await` would be missing from the definition.',
    fix: 'Remove `async` and `await` from the body; do asynchronous work in actions.',
  },
  RETURN_INVALID: {
    package: '@runafter/core',
    title:
      'A body returned something that is not a handle of its own, or an output names no action.',
    why: 'What is handed over is the output of an action of the body, or a value that the body was given.',
    fix: 'Return such a handle, `settled(x)` of one, or nothing.',
  },
  RETURN_NOT_CERTAIN: {
    package: '@runafter/core',
    title: 'A body hands over an output that may not exist.',
    why: 'An output is certain when its action is a critical leaf that runs whenever the body succeeds: nothing runs after it, and everything before it is listed bare or settled. A terminate with status Succeeded ends a workflow before anything is certain.',
    fix: 'Return `settled(x)` and look at its status, or return an action that always runs.',
  },
  TERMINATE_IN_LOOP: {
    package: '@runafter/core',
    title: 'A terminate stands in a loop.',
    why: 'One iteration would end the run while others are at work.',
    fix: 'Let the iteration fail, and terminate after the loop. A child workflow can terminate itself.',
  },
  BRANCH_MISSING: {
    package: '@runafter/core',
    title: 'A condition has no branch then, or a switch has no cases.',
    why: 'There would be nothing to decide between.',
    fix: 'Add the branch. For "do nothing unless" swap the test, so that the work is in then.',
  },
  WORKFLOW_INVALID: {
    package: '@runafter/core',
    title: 'What should be a workflow is not one.',
    why: 'A workflow is what `workflow()` or `defineWorkflow()` returned.',
    fix: 'Pass the workflow itself, not its name, its run or a function.',
  },
  EVENT_INVALID: {
    package: '@runafter/core',
    title: 'An event has no name, or is not an event.',
    why: 'Events are declared with `event<Payload>("name")`, so that sender and waiter agree on name and payload.',
    fix: 'Declare the event once, with a name, and use that everywhere.',
  },
  NESTING_TOO_DEEP: {
    package: '@runafter/core',
    title: 'Containers are nested without end.',
    why: 'More than 250 containers, one in the other, are nearly always a definition that contains itself.',
    fix: 'Use `until` or a child workflow for what repeats.',
  },
  CONTAINER_KIND_INVALID: {
    package: '@runafter/core',
    title: 'A container was added with something that is not a container kind.',
    why: 'A kind is an object with a name and optional hooks.',
    fix: 'Pass such an object; the message names what is wrong with it.',
  },
};
